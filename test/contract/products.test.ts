/** The literal requests of the five products' own pages, with the host changed: one host for all of them. */
import './products/validmind-waits.ts';
import './products/waits.ts';
import './products/metal.ts';
import './products/hap.ts';
import './products/flowtrux.ts';
import './products/validmind.ts';
import './products/flowx.ts';
