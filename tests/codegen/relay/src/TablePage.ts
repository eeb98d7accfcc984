import { graphql } from 'relay-runtime';

export const TablePage = graphql`
  query TablePageQuery($id: ID!, $filter: RecordFilter) {
    node(id: $id) {
      __typename
      ...PartList_table @alias(as: "table") @arguments(count: 2, filter: $filter)
    }
  }
`;
export const Create = graphql`
  mutation TablePageCreateMutation($input: CreateRecordInput!, $connections: [ID!]!) {
    createRecord(input: $input) {
      record @prependNode(connections: $connections, edgeTypeName: "RecordEdge") {
        ...PartRow_record
      }
    }
  }
`;
export const Delete = graphql`
  mutation TablePageDeleteMutation($input: DeleteRecordsInput!) {
    deleteRecords(input: $input) {
      deletedIds @deleteRecord
    }
  }
`;
export const Events = graphql`
  subscription TablePageEventsSubscription($table: ID!) {
    recordEvents(tableId: $table) {
      type
      recordId
      record {
        ...PartRow_record
      }
    }
  }
`;
