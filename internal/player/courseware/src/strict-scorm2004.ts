import { sandbox } from "./sandbox";
import { Engine2004 } from "./scorm2004";

sandbox((seed, stage, from) => new Engine2004(seed, stage, from));
