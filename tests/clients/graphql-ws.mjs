// The package graphql-ws by itself. It goes on by cursor after it lost its socket, with the next of the tokens.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { EVENTS, ME, NOWHERE, given, print, printErrors, printEvent } from './common.mjs';

const tokens = [...(given.tokens ?? [given.token])];
const client = createClient({
  url: given.socket,
  webSocketImpl: WebSocket,
  connectionParams: () => ({ Authorization: `Bearer ${tokens.length > 1 ? tokens.shift() : tokens[0]}` }),
  lazyCloseTimeout: 5000,
  retryAttempts: 50,
  shouldRetry: () => true, // by default not while nothing listens at the address
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
  on: {
    connected: () => print('connected'),
    closed: (event) => print({ closed: event.code, reason: event.reason }),
  },
});

/** All results of one operation, or the first `most` of them. */
async function run(query, variables, take, most = Infinity) {
  let seen = 0;
  try {
    for await (const { data } of client.iterate({ query, variables })) {
      take(data);
      if (++seen === most) break;
    }
    print('complete');
  } catch (errors) {
    Array.isArray(errors) ? printErrors(errors) : print({ failed: errors.code ?? String(errors) });
  }
}

await run(ME, {}, print);
await run(EVENTS, NOWHERE, print);
// The client sends the same payload again when it has to subscribe anew: so the cursor goes along.
const variables = { table: given.table, after: given.after };
const take = ({ recordEvents }) => {
  variables.after = recordEvents.cursor;
  printEvent(recordEvents);
};
await run(EVENTS, variables, take, given.count);
await client.dispose();
