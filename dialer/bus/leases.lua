-- Leases of one pool: a sorted set, member -> when it expires (milliseconds of the server's clock).
-- One script, so that counting and claiming cannot come apart: two commands would let 300
-- claimers at once take 112 of 100 places. Keyed by member, so that running it again is harmless.
--
-- KEYS[1]  the pool
-- ARGV[1]  "claim": limit, ttl_ms, members ...   those who hold a place afterwards
--          "renew": ttl_ms, members ...          those who still held one
--          "held"                                everyone who holds one, soonest to expire first
local pool = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call('ZREMRANGEBYSCORE', pool, '-inf', now)

if ARGV[1] == 'held' then
    return redis.call('ZRANGE', pool, 0, -1)
end

local first, free, ttl
if ARGV[1] == 'claim' then
    first, ttl = 4, tonumber(ARGV[3])
    free = tonumber(ARGV[2]) - redis.call('ZCARD', pool)
else
    first, ttl, free = 3, tonumber(ARGV[2]), 0
end

local granted = {}
for i = first, #ARGV do
    local member = ARGV[i]
    local holds = redis.call('ZSCORE', pool, member)
    if holds or free > 0 then
        if not holds then free = free - 1 end
        redis.call('ZADD', pool, now + ttl, member)
        granted[#granted + 1] = member
    end
end

-- An abandoned pool goes by itself, with its last lease.
local last = redis.call('ZRANGE', pool, -1, -1, 'WITHSCORES')
if last[2] then redis.call('PEXPIREAT', pool, last[2] + 1000) end
return granted
