// A provider of accounts, with a page to sign in and one to consent. Prints its address, and runs until its input ends.
// The name that somebody signs in with says what the provider knows of them: "unverified-ada" has no proven address.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [redirectUris] = process.argv.slice(2);
const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "tablegraph",
        client_secret: "the secret of the client",
        redirect_uris: redirectUris.split(","),
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    conformIdTokenClaims: process.argv[3] !== "claims-in-token",
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: `${id} of the provider`,
        ...(id.startsWith("nameless-") ? {} : { email: `${id.replace(/^.*-/, "")}@example.com` }),
        email_verified: !id.startsWith("unverified-"),
      }),
    }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
process.stdin.resume().on("end", () => process.exit(0));
