/** The one rule by which slugs stand in URLs (SPEC 3): the endpoint's own, else the workflow's, else its name's. */
import { slugify } from '../../shared/model/document.ts';
import type { StylePlace } from './style.ts';

/** The last part of a native or metal URL. A workflow's further nodes carry their node id. */
export function slugOf(place: StylePlace): string {
  if (place.slug !== undefined) return place.slug;
  if (place.workflowSlug === null) return slugify(place.name ?? place.endpointId);
  return distinct(place.workflowSlug, place);
}

/** The plain word for the first node of its style in a workflow, the word with the node's id for further ones. */
export function distinct(word: string, place: StylePlace): string {
  return place.isFurther === true && place.nodeId !== null ? `${word}-${place.nodeId}` : word;
}
