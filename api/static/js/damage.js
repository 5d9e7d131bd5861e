// A photo of damage is made small on the device: it goes over a weak network, and waits in the queue where there is none.
// What a phone notes beside the picture (where, when, with what) stays behind.

const LONGEST = 1280; // pixels, as in stock/photos.py
const MOST = 400_000; // bytes: several fit one request of the queue

document.addEventListener("change", async ({ target: field }) => {
  if (!field.matches("[data-shrink]") || !field.files.length) return;
  const around = field.closest("[data-damage]");
  const card = field.closest(".product");
  around.inert = true; // what is sent meanwhile would be the photo as it was taken
  const small = await shrunk(field.files[0]).catch(() => null);
  around.inert = false;
  around.querySelector("[data-why]").hidden = small !== null;
  if (!small) field.value = "";
  else if (card) attach(card, await written(small));
  else field.files = filesOf(small);
  field.focus();
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-no-photo]");
  if (!button) return;
  attach(button.closest(".product"), "");
});

/** Gives every form of a card the photo, as base64, and shows it. */
export function attach(card, photo) {
  for (const field of card.querySelectorAll('[name="photo"]')) field.value = photo;
  const shown = card.querySelector("[data-attached]");
  shown.hidden = !photo;
  shown.querySelector("img").src = photo ? `data:image/jpeg;base64,${photo}` : "data:,";
  if (photo) card.querySelector("details[data-damage]").open = true;
  else card.querySelector("[data-shrink]").value = "";
}

/** The picture alone as a small JPEG; rejected where the file is none that can be drawn. */
async function shrunk(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  for (const quality of [0.8, 0.6, 0.4]) {
    const jpeg = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (jpeg && (jpeg.size <= MOST || quality === 0.4)) return jpeg;
  }
  return null;
}

function filesOf(jpeg) {
  const files = new DataTransfer();
  files.items.add(new File([jpeg], "photo.jpg", { type: jpeg.type }));
  return files.files;
}

function written(jpeg) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = failed;
    reader.readAsDataURL(jpeg);
  });
}
