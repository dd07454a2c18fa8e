// Package contentapi lets other programs bring packages in and take them out of
// use: /api/v1/packages.
package contentapi
