// Uploads one file with tus-js-client as an app would, and prints what became of it as one line of JSON.
//
//     node upload.mjs ENDPOINT FILE OPTIONS     (OPTIONS: JSON, merged into those of tus.Upload)

import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { Upload } from 'tus-js-client'

const [endpoint, path, options] = process.argv.slice(2)
const sha256 = createHash('sha256').update(await readFile(path)).digest('hex')
const { media, ...rest } = JSON.parse(options)
const statuses = []
// A stream from a camera has no size; one from a file has, and the client would use it.
const file = createReadStream(path)
const source = rest.uploadLengthDeferred ? file.pipe(new PassThrough()) : file

const upload = new Upload(source, {
  endpoint,
  headers: { Authorization: 'Bearer phone-1' },
  metadata: { media, sha256, kind: 'original', filename: '电梯.mp4', filetype: 'video/mp4' },
  retryDelays: Array(60).fill(100),
  onAfterResponse: (request, response) => {
    statuses.push(`${request.getMethod()} ${response.getStatus()}`)
  },
  onSuccess: () => console.log(JSON.stringify({ url: upload.url, sha256, statuses })),
  onError: (error) => {
    console.log(JSON.stringify({ error: String(error), statuses }))
    process.exitCode = 1
  },
  ...rest,
})
upload.start()
