import { z } from 'zod';

const totalField = z.object({ total: z.int().positive() });

/** The number of parameters that the Hub counted: `safetensors.total`, else `gguf.total`. */
export function parameterCountOf({ safetensors, gguf }: { safetensors?: unknown; gguf?: unknown }): number | null {
  for (const counted of [safetensors, gguf]) {
    const { data } = totalField.safeParse(counted);
    if (data !== undefined) return data.total;
  }
  return null;
}
