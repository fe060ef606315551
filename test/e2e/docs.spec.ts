/** `/docs` in a browser, offline: every kind of typed-in key makes "Try it out" a real call that starts a run (SPEC 11). */
import { expect, type Page, test } from '@playwright/test';
import { API_TOKEN, startHost, type TestHost } from '../support/host.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { callV1 } from '../support/v1.ts';

/** Endpoints by their slug: the auth, and what a person types in, in the order of the dialog's fields. */
const doors = [
  { slug: 'open-door', auth: { scheme: 'none' }, typed: [] },
  {
    slug: 'keyed',
    auth: { scheme: 'apiKey', key: 'the key of the keyed door' },
    typed: ['the key of the keyed door'],
  },
  {
    slug: 'in-the-url',
    auth: { scheme: 'apiKey', in: 'query', name: 'k', key: 'the key in the url' },
    typed: ['the key in the url'],
  },
  {
    slug: 'paired',
    auth: { scheme: 'keyPair', key: 'the key of the pair', secret: 'the secret of the pair' },
    typed: ['the key of the pair', 'the secret of the pair'],
  },
  {
    slug: 'basic-door',
    auth: { scheme: 'basic', username: 'ada', password: 'a password of some length' },
    typed: ['ada', 'a password of some length'],
  },
  {
    slug: 'bearer-door',
    auth: { scheme: 'bearer', token: 'a-token-of-some-length' },
    typed: ['a-token-of-some-length'],
  },
] as const;

let folder: TempDir;
let host: TestHost;

test.beforeAll(async () => {
  folder = makeTempDir();
  host = await startHost({ folder: folder.path, program: 'built' });
  for (const { slug, auth } of doors) {
    const { status, body } = await callV1(host.receiver, 'POST', '/v1/workflows?activate=true', {
      name: slug,
      slug,
      nodes: [{ id: 'hook', type: 'webhook', name: `Door ${slug}`, config: { style: 'native', auth } }],
    });
    expect(status, JSON.stringify(body)).toBe(201);
  }
});
test.afterAll(async () => {
  await host.stop();
  folder.remove();
});

async function openDocs(page: Page): Promise<void> {
  await page.goto(`${host.receiver}/docs`);
  await page.getByLabel('API token').fill(API_TOKEN);
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.locator('[data-path="/hooks/open-door"]')).toBeVisible();
}

test('every way of typing in a key makes a call that is accepted, and nothing comes from elsewhere', async ({
  page,
}) => {
  // Swagger UI draws a hundred calls; without a graphics card that takes its time.
  test.slow();
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== host.receiver) elsewhere.push(request.url());
  });
  await openDocs(page);
  for (const { slug, typed } of doors) {
    await test.step(slug, async () => {
      const block = page.locator('.opblock', { has: page.locator(`[data-path="/hooks/${slug}"]`) });
      if (typed.length > 0) {
        await block.locator('.authorization__btn').click();
        const inputs = page.locator('.modal-ux .auth-container input');
        await expect(inputs).toHaveCount(typed.length);
        for (const [index, value] of typed.entries()) await inputs.nth(index).fill(value);
        // Each part of a pair is confirmed by itself; its button is gone then.
        const confirm = page.locator('.modal-ux button.authorize[type="submit"]');
        for (let left = await confirm.count(); left > 0; left -= 1) {
          await confirm.first().click();
          await expect(confirm).toHaveCount(left - 1);
        }
        await page.locator('.modal-ux .btn-done').first().click();
      }
      await block.locator('.opblock-summary-control').click();
      await block.getByRole('button', { name: 'Try it out' }).click();
      const answered = page.waitForResponse(
        (response) => new URL(response.url()).pathname === `/hooks/${slug}`,
      );
      await block.getByRole('button', { name: 'Execute' }).click();
      const response = await answered;
      expect(response.status()).toBe(200);
      expect(await response.json()).toMatchObject({
        success: true,
        executionId: expect.stringMatching(/^run_/),
      });
      await block.locator('.opblock-summary-control').click();
    });
  }
  expect(elsewhere).toEqual([]);
});
