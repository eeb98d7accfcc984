// A browser with a device that makes passkeys: prints the passkey that it has made, then as many proofs as it is told to.
import { browser, page } from './chromium.mjs';
import { given, headers, print } from './common.mjs';

const devtools = await page.createCDPSession();
await devtools.send('WebAuthn.enable');
await devtools.send('WebAuthn.addVirtualAuthenticator', {
  options: {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  },
});
await page.goto(given.url);
await page.evaluate((headers) => {
  window.ask = async (field) => {
    const answer = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: `mutation { ${field} { options challenge } }` }),
    });
    return (await answer.json()).data[field];
  };
}, headers);

print(
  await page.evaluate(async () => {
    const { options, challenge } = await window.ask('startPasskey');
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const credential = await navigator.credentials.create({ publicKey });
    return { options, challenge, credential: credential.toJSON() };
  }),
);
for (let n = 0; n < given.proofs; n += 1) {
  print(
    await page.evaluate(async () => {
      const { options, challenge } = await window.ask('startPasskeySignIn');
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
      const credential = await navigator.credentials.get({ publicKey });
      return { options, challenge, credential: credential.toJSON() };
    }),
  );
}
await browser.close();
