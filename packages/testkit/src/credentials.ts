import { generate } from "selfsigned";

/** A private key and a certificate, as PEM. */
export interface Credentials {
  readonly key: string;
  readonly cert: string;
}

/** A key made for this run, and a certificate for `localhost` that is signed by nobody: no test needs a key in the repository. */
export async function selfSignedCredentials(): Promise<Credentials> {
  const names = [{ name: "commonName", value: "localhost" }];
  const { private: key, cert } = await generate(names, { keyType: "ec", algorithm: "sha256" });
  return { key, cert };
}
