// A Bluesky PDS with its own PLC directory in memory, both on loopback. Prints one line of JSON when it is up and ends
// when its standard input closes, so it never outlives the test run that started it.
// Arguments: the folder that setup.sh installed into, an empty folder for data.
import { createRequire } from 'node:module'
import { randomBytes } from 'node:crypto'
import net from 'node:net'

const [installed, data] = process.argv.slice(2)
const require = createRequire(installed + '/package.json')

// Both servers listen on every interface unless told otherwise, and neither can be told.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === 'number' || args[0] === undefined) {
    const done = args.find((arg) => typeof arg === 'function')
    return listen.call(this, { port: args[0] ?? 0, host: '127.0.0.1' }, done)
  }
  return listen.apply(this, args)
}

const freePort = () =>
  new Promise((resolve) => {
    const probe = net.createServer()
    probe.listen(0, () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })

const { PlcServer, Database: PlcDatabase } = require('@did-plc/server')
const { PDS, envToCfg, envToSecrets, readEnv } = require('@atproto/pds')

const plcPort = await freePort()
const plc = PlcServer.create({ db: PlcDatabase.mock(), port: plcPort })
await plc.start()

const port = await freePort()
Object.assign(process.env, {
  PDS_PORT: String(port),
  PDS_HOSTNAME: 'localhost',
  PDS_DEV_MODE: 'true',
  PDS_DATA_DIRECTORY: data,
  PDS_BLOBSTORE_DISK_LOCATION: data + '/blobs',
  PDS_DID_PLC_URL: `http://127.0.0.1:${plcPort}`,
  PDS_SERVICE_HANDLE_DOMAINS: '.test',
  PDS_DISABLE_SSRF_PROTECTION: 'true',
  PDS_INVITE_REQUIRED: 'false',
  PDS_RATE_LIMITS_ENABLED: 'false',
  PDS_JWT_SECRET: randomBytes(16).toString('hex'),
  PDS_ADMIN_PASSWORD: randomBytes(16).toString('hex'),
  PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: randomBytes(32).toString('hex'),
  LOG_ENABLED: 'false',
})
const env = readEnv()
const pds = await PDS.create(envToCfg(env), envToSecrets(env))
await pds.start()
console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }))

process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
