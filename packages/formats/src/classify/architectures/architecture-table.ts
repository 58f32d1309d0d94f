import type { Architecture } from './architecture.ts';
import { audioArchitectures } from './audio-architectures.ts';
import { flux2Architectures } from './flux2-architectures.ts';
import { fluxArchitectures } from './flux-architectures.ts';
import { hunyuanArchitectures } from './hunyuan-architectures.ts';
import { imageArchitectures } from './image-architectures.ts';
import { jointArchitectures } from './joint-architectures.ts';
import { moreImageArchitectures } from './more-image-architectures.ts';
import { hunyuan3dArchitectures } from './hunyuan3d-architectures.ts';
import { moreVideoArchitectures } from './more-video-architectures.ts';
import { videoArchitectures } from './video-architectures.ts';

/** The transformers whose layers are known. The U-Nets have rules of their own. */
export const architectures: readonly Architecture[] = [
  ...fluxArchitectures,
  ...flux2Architectures,
  ...jointArchitectures,
  ...hunyuanArchitectures,
  ...hunyuan3dArchitectures,
  ...videoArchitectures,
  ...imageArchitectures,
  ...moreImageArchitectures,
  ...moreVideoArchitectures,
  ...audioArchitectures,
];
