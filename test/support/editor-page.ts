/**
 * The workflow editor as a person's hands know it: a step dragged out of the palette with the mouse, two handles
 * joined, a dialog opened by a double click. For browser tests.
 */
import { expect, type Locator, type Page } from '@playwright/test';

/** What browser tests do on the page of a workflow. */
export class EditorPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get palette(): Locator {
    return this.page.getByRole('region', { name: 'Workflow Steps' });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  get edges(): Locator {
    return this.page.locator('.react-flow__edge');
  }

  /** The card of the step with this name. */
  card(name: string): Locator {
    return this.page
      .locator('.react-flow__node')
      .filter({ has: this.page.getByText(name, { exact: true }) })
      .first();
  }

  /** Opens the list, adds a workflow that starts by a webhook of this style, and waits for its canvas. */
  async addWebhookWorkflow(name: string, style: RegExp): Promise<void> {
    await this.page.getByRole('link', { name: 'Workflows' }).first().click();
    await this.page.getByRole('button', { name: 'Add workflow' }).first().click();
    await this.dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await this.dialog.getByRole('combobox', { name: 'Style' }).click();
    await this.page.getByRole('option', { name: style }).click();
    await this.dialog.getByRole('button', { name: 'Add workflow' }).click();
    await expect(this.card('Webhook')).toBeVisible();
  }

  /** Drags a kind of step out of the palette by the mouse and lets go at a point of the canvas, from its upper left. */
  async drag(kind: string, to: { readonly x: number; readonly y: number }): Promise<void> {
    const canvas = await boxOf(this.page.locator('[data-canvas]'));
    await this.dragTo(kind, { x: canvas.x + to.x, y: canvas.y + to.y });
  }

  /** The same, let go in the middle of the edge between two cards. */
  async dragOntoEdge(kind: string, from: string, to: string): Promise<void> {
    const source = await boxOf(this.card(from).locator('.react-flow__handle.source').first());
    const target = await boxOf(this.card(to).locator('.react-flow__handle.target'));
    await this.dragTo(kind, {
      x: (source.x + source.width / 2 + target.x + target.width / 2) / 2,
      y: (source.y + source.height / 2 + target.y + target.height / 2) / 2,
    });
  }

  private async dragTo(kind: string, to: { readonly x: number; readonly y: number }): Promise<void> {
    const entry = await boxOf(this.palette.getByRole('button', { name: new RegExp(`^${kind}`) }));
    await this.page.mouse.move(entry.x + 40, entry.y + 15);
    await this.page.mouse.down();
    await this.page.mouse.move(entry.x + 80, entry.y + 40, { steps: 3 });
    await this.page.mouse.move(to.x, to.y, { steps: 8 });
    await this.page.mouse.up();
  }

  /** Joins two steps by their handles. */
  async connect(from: string, to: string): Promise<void> {
    const source = this.card(from).locator('.react-flow__handle.source').first();
    await source.dragTo(this.card(to).locator('.react-flow__handle.target'));
  }

  /** Opens the dialog of a step by a double click. */
  async open(name: string): Promise<void> {
    await this.card(name).dblclick();
    await expect(this.dialog).toBeVisible();
  }

  /** Types into a code field of the open dialog; CodeMirror may still be loading. */
  async typeCode(label: string, text: string): Promise<void> {
    const field = this.dialog.locator('.cm-content').and(this.page.getByLabel(label));
    await field.click();
    await this.page.keyboard.insertText(text);
  }

  /** Waits until the draft on screen is the stored one. */
  async saved(): Promise<void> {
    await expect(this.page.getByTestId('save-state')).toHaveText('Saved');
  }
}

async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await locator.scrollIntoViewIfNeeded();
  const box = await locator.boundingBox();
  if (box === null) throw new Error('There is nothing to be seen there.');
  return box;
}
