# Builds the app and the server, and leaves the one file and its certificates.
#   docker build -t kith --build-arg VERSION=$(git describe --tags --always) .
#   docker run -p 8090:8090 -v kith:/data -v kith-keys:/keys kith
FROM node:20-bookworm-slim AS app
WORKDIR /src/app
COPY app/package.json app/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY app/ ./
COPY internal/calendar/bankholidays.json ../internal/calendar/bankholidays.json
RUN npm run build

FROM golang:1.26-bookworm AS server
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=app /src/pb_public ./pb_public
ARG VERSION=docker
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/kith . \
    && mkdir -p /out/data /out/keys /out/tmp && chmod 0700 /out/data /out/keys && chmod 1777 /out/tmp

FROM scratch
COPY --from=server /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=server --chown=65532:65532 /out/ /
USER 65532:65532
ENV KITH_KEYS=/keys/transport
ENV KITH_CONCERN_KEYS=/keys/concerns
ENV KITH_CARD_KEYS=/keys/cards
VOLUME /data /keys
EXPOSE 8090
# Sick is not busy: see docs/operations.md.
HEALTHCHECK --interval=30s --timeout=12s --start-period=30s CMD ["/kith", "health"]
ENTRYPOINT ["/kith", "--dir", "/data"]
CMD ["serve", "--http", "0.0.0.0:8090"]
