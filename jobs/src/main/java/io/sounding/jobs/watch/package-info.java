/** Reading metric events back, for people and files. */
package io.sounding.jobs.watch;
