// The audits of the package graphql-http: what a server has to do, should do and may do by GraphQL over HTTP.
import { serverAudits } from 'graphql-http';

import { given, print } from './common.mjs';

for (const { id, name, fn } of serverAudits({ url: given.url })) {
  const { status, reason } = await fn();
  print(status === 'ok' ? { id, name, status } : { id, name, status, reason });
}
