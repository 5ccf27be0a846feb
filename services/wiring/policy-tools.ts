import { assembleBundle } from "../adapters/opa-toolchain/assemble-bundle.ts";
import { digestOfFiles, unpackBundle } from "../adapters/opa-toolchain/bundle.ts";
import { bundleOpener } from "../adapters/opa-toolchain/open-bundle.ts";
import { openPolicyCompiler } from "../adapters/opa-toolchain/policy-compiler.ts";
import { signBundle } from "../adapters/opa-toolchain/sign-bundle.ts";

/** What policies are made with. */
export const policyTools = { openPolicyCompiler, signBundle, unpackBundle, assembleBundle, bundleOpener, digestOfFiles };
