import type { Options } from 'tsup';
import { packageBuild } from '../../scripts/tsup-base.ts';

const config: Options = packageBuild({ entry: { index: 'src/index.ts', 'schemas/index': 'src/schemas/index.ts' } });
export default config;
