import type { HttpResponse } from '@modelkeep/core';
import type { Circuits } from '../breaker/circuits.ts';
import type { EndpointClass } from '../breaker/endpoint-class.ts';
import { outcomeOfBody, outcomeOfError, outcomeOfStatus } from '../breaker/outcome.ts';
import { watchBody } from '../breaker/watch-body.ts';
import type { ConnectivityMonitor } from '../offline/connectivity-monitor.ts';
import type { Throttle, ThrottleWaitOptions } from '../rate-limit/throttle.ts';

/** Lets a request through to the network, or says why not. */
export interface Gate {
  /** @throws `network.offline`, `network.rate-limited`, `network.circuit-open` */
  enter(url: URL, options: GateOptions): Promise<GatePass>;
}

/** How one request comes to the gate. */
export interface GateOptions extends ThrottleWaitOptions {
  readonly endpointClass: EndpointClass;
}

/** A request that was let through. Exactly one of these is called. */
export interface GatePass {
  /** Learns from the answer, and from its body once that is over. */
  answered(response: HttpResponse): Promise<HttpResponse>;
  /** Learns from an error that came instead of an answer. */
  failed(error: unknown): Promise<void>;
}

/** What {@link createGate} puts together. `circuits` is undefined where there is no circuit breaker. */
export interface GateParts {
  readonly connectivity: ConnectivityMonitor;
  readonly throttle: Throttle;
  readonly circuits: Circuits | undefined;
}

/** The gate that each hop of each attempt of a client goes through. */
export function createGate({ connectivity, throttle, circuits }: GateParts): Gate {
  return {
    async enter(url, options) {
      connectivity.enter(url);
      const turn = await throttle.enter(url, options);
      const attempt = await circuits?.enter(url, options.endpointClass).catch((error: unknown) => {
        turn.failed();
        throw error;
      });
      return {
        async answered(response) {
          const { status, headers } = response;
          turn.answered(status, headers);
          connectivity.answered(url);
          const outcome = outcomeOfStatus(status);
          if (outcome !== undefined || attempt === undefined) {
            await attempt?.settle(outcome ?? 'neutral');
            return response;
          }
          const { body, ended } = watchBody(response);
          void ended.then((end) => attempt.settle(outcomeOfBody(end)));
          return { ...response, body };
        },
        async failed(error) {
          turn.failed();
          connectivity.failed(url, error);
          await attempt?.settle(outcomeOfError(error));
        },
      };
    },
  };
}
