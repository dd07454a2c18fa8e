// Packs the packages of the first programme into the folder built beside their
// sources: SCORM by npm's simple-scorm-packager, H5P and cmi5, whose manifests
// stand among the sources, by npm's archiver. scripts/setup runs it; nothing of
// what it makes is committed.
import { cpSync, createWriteStream, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import archiver from "archiver";
import scorm from "simple-scorm-packager";

const here = dirname(fileURLToPath(import.meta.url));
const sources = join(here, "..", "examples", "pakistan-2020", "packages");
const built = join(sources, "built");
const date = "2020-10-01"; // what lies in a package does not depend on the day on which it is packed

/** A unit in a folder of its own, with what all units share and the keeper of its kind. */
function unit(work, key, keeper) {
  const dir = join(work, key);
  cpSync(join(sources, key), dir, { recursive: true });
  for (const name of ["unit.css", "unit.js"]) cpSync(join(sources, "unit", name), join(dir, name));
  cpSync(join(sources, "unit", keeper), join(dir, "keep.js"));
  return dir;
}

/** Packs a unit as SCORM. What the packager tells goes out only if no package comes of it. */
async function asScorm(work, key, keeper, about) {
  const source = unit(work, key, keeper);
  const out = join(work, key + "-out");
  const said = [];
  const log = console.log;
  console.log = (...words) => said.push(words.join(" "));
  await Promise.race([
    new Promise((then) => {
      scorm({
        organization: "Cadre", language: "en", startingPage: "index.html", source, identifier: key, ...about,
        package: { zip: true, outputFolder: out, version: "1.0.0", date, name: key, size: "0", rights: "Apache-2.0", ...about.package },
      }, then);
    }),
    // It says what goes wrong, and then nothing more.
    new Promise((then) => setTimeout(then, 60_000).unref()),
  ]);
  console.log = log;
  const [zip, ...more] = readdirSync(out);
  if (!zip || more.length) throw new Error(`${key} was not packed:\n${said.join("\n")}`);
  cpSync(join(out, zip), join(built, key + ".zip")); // what is temporary may lie on another disk
}

/** Packs a folder as it stands. */
function asIs(dir, to) {
  return new Promise((then, fail) => {
    const zip = archiver("zip", { zlib: { level: 9 } });
    const file = createWriteStream(join(built, to));
    file.on("close", then);
    file.on("error", fail);
    zip.on("error", fail);
    zip.on("warning", fail);
    zip.pipe(file);
    zip.directory(dir, false, (entry) => ({ ...entry, date: new Date(date) }));
    zip.finalize();
  });
}

rmSync(built, { recursive: true, force: true });
mkdirSync(built);
const work = mkdtempSync(join(tmpdir(), "cadre-packages-"));
try {
  await asScorm(work, "first-hour", "keep-scorm12.js", { version: "1.2", title: "The first hour: a checklist", masteryScore: 0, package: { typicalDuration: "PT0H8M0S" } });
  await asScorm(work, "referral", "keep-scorm2004.js", { version: "2004 4th Edition", title: "Who to ring: referral", masteryScore: 60, package: { typicalDuration: "PT0H10M0S" } });
  const statement = unit(work, "statement", "keep-cmi5.js");
  const cmi5 = dirname(createRequire(import.meta.url).resolve("@xapi/cmi5/package.json"));
  cpSync(join(cmi5, "dist", "Cmi5.umd.js"), join(statement, "cmi5.js"));
  cpSync(join(cmi5, "LICENSE.md"), join(statement, "cmi5-licence.md"));
  await asIs(statement, "statement.zip");
  await asIs(join(sources, "first-contact"), "first-contact.h5p");
} finally {
  rmSync(work, { recursive: true, force: true });
}
