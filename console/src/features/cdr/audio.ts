/** Where the sound of a recording is; the server notes who listens. */
export const audioOf = (recording: string) =>
  `/api/v1/recordings/${encodeURIComponent(recording)}/audio`
