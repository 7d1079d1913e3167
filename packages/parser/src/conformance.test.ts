import { parserConformance } from "@skein/testkit";
import * as published from "socket.io-parser";
import { Decoder } from "./decode/decode.ts";
import { Encoder } from "./encode/encode.ts";

parserConformance("the default codec", { Encoder, Decoder });
// The published codec shows that the suite asks for nothing that only ours does.
parserConformance("the published codec", published);
