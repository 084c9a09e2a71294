/** The report: plots of metrics over training steps, and the page around them. */
package io.sounding.jobs.report;
