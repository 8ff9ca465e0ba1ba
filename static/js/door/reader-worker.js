// Reads QR codes from the camera's pictures, away from the page's own thread. A classic worker: the reader is a script
// of the old kind. Its addresses come in the first message; every other message is a picture and gets one answer.

const LARGEST = 800; // pixels a side: a badge held before a phone fills half of it, and more only takes time
let canvas = null;
let pictures = 0;

onmessage = async ({ data }) => {
  if (data.zxing) {
    await start(data);
    return;
  }
  pictures += 1;
  postMessage({ text: await read(data.picture) });
};

async function start({ zxing, wasm }) {
  try {
    importScripts(zxing);
    await ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
    postMessage({ isReady: true });
  } catch (error) {
    postMessage({ problem: String(error) });
  }
}

async function read(picture) {
  try {
    const found = await ZXingWASM.readBarcodes(picture instanceof ImageData ? picture : pixels(picture), {
      formats: ["QRCode"],
      tryHarder: pictures % 3 === 0, // slower; every third picture is looked at more closely
      maxNumberOfSymbols: 1,
    });
    return found.find(({ isValid, text }) => isValid !== false && text)?.text ?? null;
  } catch {
    return null; // a picture that cannot be read is a picture without a code
  }
}

function pixels(bitmap) {
  const side = Math.min(LARGEST, bitmap.width);
  if (canvas?.width !== side) canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0, side, side);
  bitmap.close();
  return context.getImageData(0, 0, side, side);
}
