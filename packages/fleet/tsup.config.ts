import type { Options } from 'tsup';
import { packageBuild } from '../../scripts/tsup-base.ts';

const config: Options = packageBuild({ entry: { index: 'src/index.ts', 'contract/index': 'src/contract/index.ts' } });
export default config;
