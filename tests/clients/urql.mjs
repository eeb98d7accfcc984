// @urql/core: over HTTP as it comes (which takes server-sent events), told to take multipart, or over graphql-ws.
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { EVENTS, ME, NOWHERE, given, headers, print, printErrors, printEvent } from './common.mjs';

// urql leaves unhandled what becomes of a request that it aborts because nobody subscribes to it any more.
process.on('unhandledRejection', (error) => {
  if (error.name !== 'AbortError') throw error;
});

const socket = createClient({ url: given.socket, webSocketImpl: WebSocket, connectionParams: headers });
const overSocket = subscriptionExchange({
  forwardSubscription: ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
  }),
});
const accept = given.over === 'multipart' ? { accept: 'multipart/mixed' } : {};
const client = new Client({
  url: given.url,
  preferGetMethod: false,
  exchanges: given.over === 'socket' ? [overSocket, fetchExchange] : [fetchExchange],
  fetchSubscriptions: given.over !== 'socket',
  fetchOptions: { headers: { ...headers, ...accept } },
});

const { data } = await client.query(ME, {}).toPromise();
print(data);
print('complete');

/** The results of a subscription until an error, or the first `most` of them. */
const follow = (variables, most) =>
  new Promise((resolve) => {
    let seen = 0;
    const { unsubscribe } = client.subscription(EVENTS, variables).subscribe(({ data, error }) => {
      error ? printErrors(error.graphQLErrors.length ? error.graphQLErrors : [error]) : printEvent(data.recordEvents);
      if (error || ++seen === most) {
        // urql calls back before it returns.
        queueMicrotask(() => unsubscribe());
        resolve();
      }
    });
  });

await follow(NOWHERE, 1);
await follow({ table: given.table, after: given.after }, given.count);
print('complete');
await socket.dispose();
