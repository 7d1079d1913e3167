import { adapterConformance } from "@skein/testkit";
import { inMemoryAdapter, recoverableInMemoryAdapter } from "../src/index.ts";

adapterConformance("InMemoryAdapter", inMemoryAdapter());
adapterConformance("RecoverableInMemoryAdapter", recoverableInMemoryAdapter(), { recovers: true });
