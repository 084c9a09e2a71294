/** The command line of Sounding. */
package io.sounding.jobs.cli;
