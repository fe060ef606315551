/**
 * The yardstick: a Koa that reads the body, answers a small JSON and does nothing else. It stores nothing and promises
 * nothing, so its figure is what this machine allows at most. Prints its URL as one line of JSON when it listens.
 */
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import rawBody from 'raw-body';

const app = new Koa();
app.use(async (context) => {
  const body = await rawBody(context.req);
  context.body = { success: true, bytes: body.length };
});
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}/hooks/bench` }));
});
