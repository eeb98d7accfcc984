// The package graphql-sse, in its default mode of distinct connections.
import { createClient } from 'graphql-sse';

import { EVENTS, ME, NOWHERE, given, headers, print, printErrors, printEvent } from './common.mjs';

const client = createClient({ url: given.url, headers, retryAttempts: 0 });

async function run(query, variables, take, most = Infinity) {
  let seen = 0;
  for await (const { data, errors } of client.iterate({ query, variables })) {
    errors ? printErrors(errors) : take(data);
    if (++seen === most) break;
  }
  print('complete');
}

await run(ME, {}, print);
await run(EVENTS, NOWHERE, print);
await run(EVENTS, { table: given.table, after: given.after }, (data) => printEvent(data.recordEvents), given.count);
client.dispose();
