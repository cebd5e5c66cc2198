/**
 * Draws icon.svg as icon.png (512 × 512, transparent corners). By hand, after the drawing changed:
 * `<electron> [--no-sandbox] resources/render-icon.mjs`
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { app, BrowserWindow } from 'electron';

const folder = import.meta.dirname;
const size = 512;

async function render() {
  const svg = await readFile(path.join(folder, 'icon.svg'), 'utf8');
  const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true } });
  await window.loadURL('about:blank');
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  const png = await window.webContents.executeJavaScript(`(async () => {
    const image = new Image(${size}, ${size});
    image.src = ${JSON.stringify(source)};
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: ${size}, height: ${size} });
    canvas.getContext('2d').drawImage(image, 0, 0, ${size}, ${size});
    return canvas.toDataURL('image/png');
  })()`);
  await writeFile(path.join(folder, 'icon.png'), Buffer.from(png.split(',')[1], 'base64'));
}

app
  .whenReady()
  .then(render)
  .then(
    () => app.exit(0),
    (error) => {
      console.error(error);
      app.exit(1);
    },
  );
