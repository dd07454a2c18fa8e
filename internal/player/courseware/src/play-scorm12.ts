import { page } from "./page";
import { Engine12 } from "./scorm12";

page((seed, stage, from) => new Engine12(seed, stage, from));
