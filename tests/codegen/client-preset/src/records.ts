// Pages of records, and every mutation of them.
import { graphql } from './gql/index.js';

export const PLACE = graphql(`
  fragment Place on PageInfo {
    hasNextPage
    hasPreviousPage
    startCursor
    endCursor
  }
`);

export const PART = graphql(`
  fragment Part on Record {
    id
    revision
    updatedAt
    title: value(field: "Name")
    cells: fields(only: ["Price", "Status"])
    createdBy {
      ...Person
    }
  }
`);

export const PARTS = graphql(`
  query Parts(
    $table: ID!
    $filter: RecordFilter
    $orderBy: [RecordOrder!]
    $search: String
    $first: Int = 2
    $after: String
  ) {
    records(tableId: $table, filter: $filter, orderBy: $orderBy, search: $search, first: $first, after: $after) {
      totalCount
      eventCursor
      edges {
        cursor
        node {
          ...Part
        }
      }
      pageInfo {
        ...Place
      }
    }
  }
`);

export const CREATE = graphql(`
  mutation CreatePart($input: CreateRecordInput!) {
    createRecord(input: $input) {
      record {
        ...Part
      }
      eventCursor
    }
  }
`);

export const CREATE_ALL = graphql(`
  mutation CreateParts($input: CreateRecordsInput!) {
    createRecords(input: $input) {
      records {
        ...Part
      }
      eventCursor
    }
  }
`);

export const UPDATE = graphql(`
  mutation UpdatePart($input: UpdateRecordInput!) {
    updateRecord(input: $input) {
      record {
        ...Part
      }
    }
  }
`);

export const UPDATE_ALL = graphql(`
  mutation UpdateParts($input: UpdateRecordsInput!) {
    updateRecords(input: $input) {
      records {
        ...Part
      }
    }
  }
`);

export const UPSERT = graphql(`
  mutation UpsertParts($input: UpsertRecordsInput!) {
    upsertRecords(input: $input) {
      createdIds
      updatedIds
      records {
        ...Part
      }
    }
  }
`);

export const DELETE = graphql(`
  mutation DeleteParts($input: DeleteRecordsInput!) {
    deleteRecords(input: $input) {
      deletedIds
      eventCursor
    }
  }
`);
