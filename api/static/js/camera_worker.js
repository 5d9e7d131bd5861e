// Decodes frames away from the page, so that it stays smooth. A classic worker: its library is one file.

importScripts("/static/vendor/zxing_reader.js");

const FORMATS = ["EAN13", "EAN8", "UPCA", "UPCE", "ITF", "Code128", "DataMatrix", "QRCode", "DataBar", "DataBarExp"];

ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => "/static/vendor/zxing_reader.wasm" } });

self.onmessage = async ({ data }) => {
  const found = await ZXingWASM.readBarcodes(data, { formats: FORMATS, maxNumberOfSymbols: 1, tryHarder: true });
  const code = found.find((one) => one.isValid);
  // The symbology goes before the text as hand-held scanners send it: it tells an EAN-8 from a UPC-E.
  self.postMessage(code ? code.symbologyIdentifier + code.text : null);
};
