export const a: string = process.env.X ?? '';
export const b = document.title;
