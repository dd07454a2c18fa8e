import { page } from "./page";
import { Engine2004 } from "./scorm2004";

page((seed, stage, from) => new Engine2004(seed, stage, from));
