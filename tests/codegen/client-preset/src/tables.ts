// The tree of workspaces, bases, tables and fields, with pages of records deep in it.
import { graphql } from './gql/index.js';

export const PERSON = graphql(`
  fragment Person on User {
    id
    name
    email
  }
`);

export const COLUMN = graphql(`
  fragment Column on Field {
    id
    name
    type
    isRequired
    options
    defaultValue
  }
`);

export const TABLE = graphql(`
  fragment TableWithColumns on Table {
    id
    name
    description
    createdAt
    fields {
      ...Column
    }
    primaryField {
      id
    }
  }
`);

export const ME = graphql(`
  query Me {
    me {
      ...Person
    }
  }
`);

export const TREE = graphql(`
  query Tree($workspace: ID!, $first: Int = 2, $orderBy: [RecordOrder!]) {
    workspace(id: $workspace) {
      id
      name
      myRole
      members {
        role
        user {
          ...Person
        }
      }
      bases {
        id
        name
        tables {
          ...TableWithColumns
          records(first: $first, orderBy: $orderBy) {
            nodes {
              ...Part
            }
            pageInfo {
              ...Place
            }
          }
        }
      }
    }
  }
`);

export const ANYTHING = graphql(`
  query Anything($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Table {
        ...TableWithColumns
      }
      ... on Record {
        ...Part
      }
      ... on Workspace {
        name
      }
    }
  }
`);

export const CREATE_WORKSPACE = graphql(`
  mutation CreateWorkspace($input: CreateWorkspaceInput!) {
    createWorkspace(input: $input) {
      workspace {
        id
      }
    }
  }
`);

export const CREATE_BASE = graphql(`
  mutation CreateBase($input: CreateBaseInput!) {
    createBase(input: $input) {
      base {
        id
      }
    }
  }
`);

export const CREATE_TABLE = graphql(`
  mutation CreateTable($input: CreateTableInput!) {
    createTable(input: $input) {
      table {
        ...TableWithColumns
      }
    }
  }
`);
