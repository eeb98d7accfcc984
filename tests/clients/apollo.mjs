// @apollo/client: subscriptions over its HttpLink, which takes multipart, or over GraphQLWsLink.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { EVENTS, ME, NOWHERE, given, headers, print, printErrors, printEvent } from './common.mjs';

globalThis.WebSocket ??= WebSocket; // the link looks for it, and Node has it from version 22 on
const socket = createClient({ url: given.socket, connectionParams: headers });
const http = new HttpLink({ uri: given.url, headers });
const isSubscription = ({ query }) => query.definitions.some(({ operation }) => operation === 'subscription');
const link = given.over === 'socket' ? ApolloLink.split(isSubscription, new GraphQLWsLink(socket), http) : http;
const client = new ApolloClient({ link, cache: new InMemoryCache() });

const { data } = await client.query({ query: gql(ME) });
print({ me: { email: data.me.email } });
print('complete');

/** The results of a subscription until an error, or the first `most` of them. */
const follow = (variables, most) =>
  new Promise((resolve) => {
    let seen = 0;
    const subscription = client.subscribe({ query: gql(EVENTS), variables }).subscribe({
      next: ({ data, error }) => {
        if (error) printErrors(CombinedGraphQLErrors.is(error) ? error.errors : [error]);
        else printEvent(data.recordEvents);
        if (error || ++seen === most) {
          queueMicrotask(() => subscription.unsubscribe());
          resolve();
        }
      },
      error: (error) => {
        printErrors([error]);
        resolve();
      },
    });
  });

await follow(NOWHERE, 1);
await follow({ table: given.table, after: given.after }, given.count);
print('complete');
client.stop();
await socket.dispose();
