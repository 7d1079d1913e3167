import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";

/** A private key and a certificate, as PEM. */
export interface Credentials {
  readonly key: string;
  readonly cert: string;
}

/**
 * Validity in milliseconds. WebTransport trusts a certificate by its fingerprint only if it is
 * valid for less than two weeks.
 */
const VALIDITY = 10 * 24 * 3600 * 1000;

/**
 * Creates a key and a self-signed certificate for `localhost`, so that the repository contains no
 * key.
 */
export async function selfSignedCredentials(): Promise<Credentials> {
  const names = [{ name: "commonName", value: "localhost" }];
  const notAfterDate = new Date(Date.now() + VALIDITY);
  const { private: key, cert } = await generate(names, { keyType: "ec", algorithm: "sha256", notAfterDate });
  return { key, cert };
}

/**
 * Writes such a key and certificate to files that exist while `use` runs, for servers that read
 * them at creation.
 */
export async function withCredentialFiles<T>(use: (keyFile: string, certFile: string) => T): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "skein-tls-"));
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const { key, cert } = await selfSignedCredentials();
  await Promise.all([writeFile(keyFile, key), writeFile(certFile, cert)]);
  try {
    return use(keyFile, certFile);
  } finally {
    await rm(folder, { recursive: true });
  }
}
