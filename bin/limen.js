#!/usr/bin/env node
// `npx limen …`: the CLI is TypeScript that Node (≥ 22.18) runs as it is.
import '../src/cli.ts';
