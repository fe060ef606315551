/** The six endpoint styles, in the order the forms offer them (SPEC 3). A new style is one file and one line here. */
import type { EndpointSettings, Style } from '../../shared/model/endpoint.ts';
import { flowtrux } from './flowtrux.ts';
import { flowx } from './flowx.ts';
import { hap } from './hap.ts';
import { metal } from './metal.ts';
import { native } from './native.ts';
import type { StyleBehaviour } from './style.ts';
import { validmind } from './validmind.ts';

/** The registry; style names are unique. */
export const styleRegistry: readonly StyleBehaviour[] = [native, validmind, metal, flowx, hap, flowtrux];

const byName: ReadonlyMap<string, StyleBehaviour> = new Map(
  styleRegistry.map((behaviour) => [behaviour.definition.style, behaviour]),
);
if (byName.size !== styleRegistry.length) throw new Error('Two styles have one name.');

/** The behaviour of a style. */
export function styleOf(style: Style): StyleBehaviour {
  return byName.get(style) ?? native;
}

/** The methods an endpoint accepts: its own setting, else its style's. */
export function methodsOf(settings: Pick<EndpointSettings, 'style' | 'methods'>): readonly string[] {
  return settings.methods ?? styleOf(settings.style).definition.methods;
}
