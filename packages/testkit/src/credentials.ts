import { generate } from "selfsigned";

/** A private key and a certificate, as PEM. */
export interface Credentials {
  readonly key: string;
  readonly cert: string;
}

/** Milliseconds. WebTransport trusts a certificate by its fingerprint only if it is valid for less than two weeks. */
const VALIDITY = 10 * 24 * 3600 * 1000;

/** A key made for this run, and a certificate for `localhost` that is signed by nobody: no test needs a key in the repository. */
export async function selfSignedCredentials(): Promise<Credentials> {
  const names = [{ name: "commonName", value: "localhost" }];
  const notAfterDate = new Date(Date.now() + VALIDITY);
  const { private: key, cert } = await generate(names, { keyType: "ec", algorithm: "sha256", notAfterDate });
  return { key, cert };
}
