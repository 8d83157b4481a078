// A replication endpoint of rxdb-server over RxDB's memory storage, as its documentation sets one up.
import express from 'express';
import { createRxDatabase } from 'rxdb/plugins/core';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { createRxServer } from 'rxdb-server/plugins/server';
import { RxServerAdapterExpress } from 'rxdb-server/plugins/adapter-express';

const LARGEST_BODY = '64mb'; // Express refuses more than 100 kB by itself: less than a batch of a hundred records.

const database = await createRxDatabase({ name: 'bench', storage: getRxStorageMemory(), multiInstance: false });
const schema = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: { id: { type: 'string', maxLength: 64 } },
  required: ['id'],
  additionalProperties: true,
};
const { orders } = await database.addCollections({ orders: { schema } });
const adapter = {
  ...RxServerAdapterExpress,
  async create() {
    const app = express();
    app.use(express.json({ limit: LARGEST_BODY }));
    return app;
  },
};
const server = await createRxServer({
  database,
  adapter,
  port: Number(process.argv[2]),
  authHandler: async () => ({ data: {}, validUntil: Date.now() + 3_600_000 }),
});
server.addReplicationEndpoint({ name: 'orders', collection: orders });
await server.start();
console.log('ready');
