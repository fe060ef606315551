/**
 * What the product has to prove to whoever relies on it, row by row, where no other test shows it: bad input, framing,
 * authentication, replay, limits, slow clients. The page resources/docs/reliability.md is the table of rows. The slow
 * ones begin with the first test and are looked at last.
 */
import './reliability/bad-input.ts';
import './reliability/framing.ts';
import './reliability/auth.ts';
import './reliability/replay.ts';
import './reliability/limits.ts';
import './reliability/slow-clients.ts';
