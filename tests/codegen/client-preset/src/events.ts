// Every subscription.
import { graphql } from './gql/index.js';

export const RECORD_EVENTS = graphql(`
  subscription PartEvents($table: ID!, $filter: RecordFilter, $types: [RecordEventType!], $after: String) {
    recordEvents(tableId: $table, filter: $filter, types: $types, after: $after) {
      cursor
      type
      changedFields
      previous
      record {
        ...Part
      }
      actor {
        ...Person
      }
    }
  }
`);

export const LIVE_RECORDS = graphql(`
  subscription LiveParts($table: ID!, $orderBy: [RecordOrder!], $first: Int) {
    liveRecords(tableId: $table, orderBy: $orderBy, first: $first) {
      type
      totalCount
      page {
        nodes {
          ...Part
        }
      }
      patches {
        type
        index
        previousIndex
        record {
          ...Part
        }
      }
    }
  }
`);

export const SCHEMA_EVENTS = graphql(`
  subscription SchemaEvents($base: ID!, $after: String) {
    schemaEvents(baseId: $base, after: $after) {
      type
      object
      changedProperties
      table {
        ...TableWithColumns
      }
      field {
        ...Column
      }
    }
  }
`);

export const PRESENCE = graphql(`
  subscription Presence($channel: String!) {
    presence(channel: $channel) {
      type
      channel
      members {
        user {
          ...Person
        }
        focus {
          recordId
          fieldId
        }
        cursor
        joinedAt
      }
    }
  }
`);
