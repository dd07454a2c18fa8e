// Package scorm reads the manifest of SCORM packages: 1.2, and 2004 in its
// second, third and fourth edition (imsmanifest.xml, IMS Content Packaging 1.1.2
// to 1.1.4 with ADL's and IMS Simple Sequencing's extensions).
//
// Elements are found by their local names: tools get namespaces wrong, and no two
// of the standards' elements that mean different things share a name. What tools
// commonly get wrong and players commonly forgive is a warning that states the
// repair; what leaves nothing to launch is an error.
package scorm
