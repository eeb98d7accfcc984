// The page: GraphiQL on the API that the page itself was served by.
import './workers.js';

import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';

import { WELCOME } from './welcome.js';

const http = new URL('graphql', location.href);
const socket = new URL(http);
socket.protocol = http.protocol === 'https:' ? 'wss:' : 'ws:';

// Over the socket the fetcher sends what stands in the Headers tab as the payload of connection_init.
const fetcher = createGraphiQLFetcher({
  url: http.href,
  subscriptionUrl: socket.href,
  enableIncrementalDelivery: false,
});

const plugins = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={plugins}
    defaultQuery={WELCOME}
    defaultEditorToolsVisibility="headers"
    shouldPersistHeaders
    inputValueDeprecation
    schemaDescription
    // Scalars whose values are not plain strings and numbers, so that the Variables tab does not call them wrong.
    customScalarSchemas={{ JSON: {} }}
  >
    <GraphiQL.Logo>Tablegraph</GraphiQL.Logo>
  </GraphiQL>,
);
