/** A hidden page's own timers are slowed down to one a minute; a worker's are not. */
setInterval(() => postMessage(0), 1000)
