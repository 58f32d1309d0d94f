import { z } from 'zod';
import { safetyVerdicts, type LoadSafety } from '../records/load-safety.ts';

/** Checks what a scan said about loading a model. */
export const loadSafetySchema: z.ZodType<LoadSafety> = z.object({
  verdict: z.enum(safetyVerdicts),
  findings: z
    .array(
      z.object({
        severity: z.enum(['dangerous', 'suspicious', 'unscanned']),
        reason: z.string().max(1_000),
        global: z.string().max(1_000).nullable(),
        offset: z.number().nonnegative(),
        member: z.string().max(1_000).nullable(),
        file: z.string().max(1_000).nullable(),
      }),
    )
    .max(64),
  rulesVersion: z.int(),
});
