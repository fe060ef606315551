/**
 * The model of SPEC 8 and 9 for graphs: which steps run in which rounds, what joins gather, which rounds fail, how the
 * run ends. It walks regions in the order of their steps and shares nothing with the engine.
 */
import { die, type ModelNode, type RandomGraph, type Region } from './random-graph.ts';

/** A step that was done, or may have been: in a round or run that failed, others may have come first. */
export interface ExpectedStep {
  readonly nodeId: string;
  readonly path: string;
  readonly isCertain: boolean;
  /** Of a join: the steps that led to it. */
  readonly sources: ReadonlySet<string>;
  readonly mode: string;
}

export interface ExpectedRun {
  readonly status: 'succeeded' | 'failed';
  /** Of a failed run: the steps whose failure may have ended it. */
  readonly culprits: ReadonlySet<string>;
  readonly steps: readonly ExpectedStep[];
  /** Outputs of loops, `${nodeId}@${path}`: which rounds failed; of one done several times, each time the same. */
  readonly loops: ReadonlyMap<string, readonly boolean[]>;
}

interface RegionEnd {
  readonly steps: ExpectedStep[];
  readonly culprits: Set<string>;
}

/** The model's word on a graph. */
export function expectedRun({ root }: RandomGraph): ExpectedRun {
  const loops = new Map<string, readonly boolean[]>();

  function doRegion(region: Region, wayIn: string, path: string): RegionEnd {
    const steps: ExpectedStep[] = [];
    const culprits = new Set<string>();
    /** Steps that have led to each node, one for each time. */
    const led = new Map<string, string[]>(region.entries.map((id) => [id, [wayIn]]));

    function leave(node: ModelNode, port: string): void {
      for (const edge of region.edges) {
        if (edge.source !== node.id || edge.port !== port) continue;
        led.set(edge.target, [...(led.get(edge.target) ?? []), node.id]);
      }
    }

    /** One time; answers the port by which it is left, undefined when it is not. */
    function doNode(node: ModelNode): string | undefined {
      switch (node.kind) {
        case 'condition':
          return die(node.salt, path, 2) === 0 ? 'true' : 'false';
        case 'switch':
          return ['a', 'b', 'default'][die(node.salt, path, 3)];
        case 'shaky': {
          if (die(node.salt, path, 3) !== 0) return 'out';
          if (node.onError === 'fail') {
            culprits.add(node.id);
            return undefined;
          }
          return node.onError === 'port' ? 'error' : 'out';
        }
        case 'loop':
          return doLoop(node);
        default:
          return 'out';
      }
    }

    function doLoop(node: ModelNode): string | undefined {
      const catches = node.onError !== 'fail';
      const failed: boolean[] = [];
      let isOver = true;
      for (let index = 0; index < node.count && node.body !== undefined; index++) {
        const round = path === '' ? String(index) : `${path}.${index}`;
        const end = doRegion(node.body, node.id, round);
        const isFailed = end.culprits.size > 0;
        failed.push(isFailed);
        steps.push(...end.steps.map((step) => (isFailed ? { ...step, isCertain: false } : step)));
        if (!isFailed || catches) continue;
        isOver = false;
        for (const culprit of end.culprits) culprits.add(culprit);
      }
      if (!isOver) return undefined;
      loops.set(`${node.id}@${path}`, failed);
      return failed.includes(true) && node.onError === 'port' ? 'error' : 'done';
    }

    for (const node of region.nodes) {
      const sources = led.get(node.id) ?? [];
      const times = node.kind === 'join' ? Math.min(1, sources.length) : sources.length;
      for (let time = 0; time < times; time++) {
        const { id: nodeId, mode } = node;
        steps.push({ nodeId, path, isCertain: true, sources: new Set(sources), mode });
        const port = doNode(node);
        if (port !== undefined) leave(node, port);
      }
    }
    return { steps, culprits };
  }

  const { steps, culprits } = doRegion(root, 'start', '');
  const isFailed = culprits.size > 0;
  return {
    status: isFailed ? 'failed' : 'succeeded',
    culprits,
    steps: isFailed ? steps.map((step) => ({ ...step, isCertain: false })) : steps,
    loops,
  };
}
